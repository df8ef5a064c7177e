import { expect, it } from "vitest";
import { architectureName, sameArchitecture } from "./architecture.ts";

it.each([
  ["resnet50", "ResNet-50"],
  ["ResNet-50 1x", "ResNet-50"],
  ["ResNet50", "ResNet-50"],
  ["resnet-50 2x", "ResNet-50 2x"],
  ["ResNet-50, dilated", "ResNet-50, dilated"],
  ["vit_b_16", "ViT-B/16"],
  ["ViT-B/16", "ViT-B/16"],
  ["vit_base_patch16", "ViT-B/16"],
  ["ConvNeXt-T", "ConvNeXt-T"],
  ["custom-cnn", "custom-cnn"],
])("%s is shown as %s", (written, name) => {
  expect(architectureName(written)).toBe(name);
});

it("finds one network under two spellings", () => {
  expect(sameArchitecture("resnet50", "ResNet-50 1x")).toBe(true);
  expect(sameArchitecture("resnet50", "resnet101")).toBe(false);
});
