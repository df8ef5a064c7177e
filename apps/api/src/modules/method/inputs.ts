/** The filter inputs: their part about methods is the same everywhere; everything given must hold. */
import { builder } from "../../builder.ts";
import { AugmentationEnum, FamilyEnum, ProvenanceEnum } from "../catalogue/enums.ts";

const IntRangeInput = builder.inputType("IntRange", {
  description: "A range of whole numbers, ends included; an end that is not given is open.",
  fields: (t) => ({
    min: t.int({ description: "The least." }),
    max: t.int({ description: "The greatest." }),
  }),
});

const FloatRangeInput = builder.inputType("FloatRange", {
  description: "A range of numbers, ends included; an end that is not given is open.",
  fields: (t) => ({
    min: t.float({ description: "The least." }),
    max: t.float({ description: "The greatest." }),
  }),
});

const methodFields = (
  t: PothosSchemaTypes.InputFieldBuilder<typeof builder.$inferSchemaTypes, "InputObject">,
) => ({
  methods: t.stringList({ description: "Only these methods, by slug." }),
  family: t.field({ type: [FamilyEnum], description: "Only methods of these families." }),
  year: t.field({ type: IntRangeInput, description: "Only papers of these years." }),
  epochs: t.field({ type: FloatRangeInput, description: "Only methods pretrained for so many epochs." }),
  batchSize: t.field({ type: IntRangeInput, description: "Only methods pretrained with such batches." }),
  augmentation: t.field({
    type: [AugmentationEnum],
    description: "Only methods pretrained with all of these.",
  }),
  withoutAugmentation: t.field({
    type: [AugmentationEnum],
    description: "Only methods pretrained with none of these.",
  }),
});

const valueFields = (
  t: PothosSchemaTypes.InputFieldBuilder<typeof builder.$inferSchemaTypes, "InputObject">,
) => ({
  domain: t.stringList({ description: "Only measures on datasets of these domains." }),
  provenance: t.field({ type: [ProvenanceEnum], description: "Only values that came to be so." }),
  protocol: t.stringList({ description: "Only values under these protocols, by fingerprint." }),
});

export const MethodFilterInput = builder.inputType("MethodFilter", {
  description: "Which methods to keep; everything given must hold.",
  fields: (t) => ({
    ...methodFields(t),
    search: t.string({ description: "A part of the name or slug, without regard to case." }),
  }),
});

export const BoardFilterInput = builder.inputType("BoardFilter", {
  description: "Which methods and values to keep; everything given must hold.",
  fields: (t) => ({ ...methodFields(t), ...valueFields(t) }),
});

export const ResultFilterInput = builder.inputType("ResultFilter", {
  description: "Which entries of the ledger to keep; everything given must hold.",
  fields: (t) => ({
    ...methodFields(t),
    ...valueFields(t),
    measures: t.stringList({ description: "Only these measures, by slug." }),
    suite: t.string({ description: "Only this suite's measures." }),
    setting: t.stringList({ description: "Only these settings." }),
    dataset: t.stringList({ description: "Only on these datasets." }),
    metric: t.stringList({ description: "Only by these metrics." }),
    history: t.boolean({ defaultValue: false, description: "Also corrected and retracted entries." }),
  }),
});
