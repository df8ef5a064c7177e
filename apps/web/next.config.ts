import type { NextConfig } from "next";

const config: NextConfig = {
  // Types and lint are checked for the whole house by one command; the build need not repeat it.
  typescript: { ignoreBuildErrors: true },
  poweredByHeader: false,
  reactStrictMode: true,
  // A submission of a million letters, with what a form adds to it.
  experimental: { serverActions: { bodySizeLimit: "8mb" } },
  // The Content-Security-Policy names the scripts of each answer: src/proxy.ts sets it.
  headers: async () => [
    {
      source: "/:path*",
      headers: [
        { key: "x-content-type-options", value: "nosniff" },
        // No other site may frame a page that decides on submissions, or hold a handle to its window.
        { key: "x-frame-options", value: "DENY" },
        { key: "cross-origin-opener-policy", value: "same-origin" },
        {
          key: "permissions-policy",
          value: "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
        },
        { key: "referrer-policy", value: "same-origin" },
      ],
    },
  ],
};

export default config;
