import type { NextConfig } from "next";

const config: NextConfig = {
  // Types and lint are checked for the whole house by one command; the build need not repeat it.
  typescript: { ignoreBuildErrors: true },
  poweredByHeader: false,
  reactStrictMode: true,
  // A submission of a million letters, with what a form adds to it.
  experimental: { serverActions: { bodySizeLimit: "8mb" } },
  headers: async () => [
    {
      source: "/:path*",
      headers: [
        { key: "x-content-type-options", value: "nosniff" },
        // No other site may frame a page that decides on submissions.
        { key: "x-frame-options", value: "DENY" },
        {
          key: "content-security-policy",
          value: "frame-ancestors 'none'; base-uri 'self'; form-action 'self'",
        },
        { key: "referrer-policy", value: "same-origin" },
      ],
    },
  ],
};

export default config;
