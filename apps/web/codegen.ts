import type { CodegenConfig } from "@graphql-codegen/cli";

/** The site's types come from the API's printed schema, so a query that the API would refuse does not compile. */
const config: CodegenConfig = {
  schema: "../api/schema.graphql",
  documents: "src/**/*.{ts,tsx}",
  ignoreNoDocuments: true,
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
