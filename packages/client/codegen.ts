import type { CodegenConfig } from "@graphql-codegen/cli";

/** Types of the whole schema, and of the questions in src and examples: one that the API would refuse does not compile. */
const config: CodegenConfig = {
  importExtension: ".ts",
  schema: "../../apps/api/schema.graphql",
  documents: ["src/**/*.ts", "examples/**/*.ts"],
  generates: {
    "generated/": {
      preset: "client",
      presetConfig: { fragmentMasking: false },
      config: {
        useTypeImports: true,
        enumsAsTypes: true,
        documentMode: "string",
        scalars: { DateTime: "string", JSON: "unknown" },
      },
    },
  },
};

export default config;
