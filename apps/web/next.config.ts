import type { NextConfig } from "next";

const config: NextConfig = {
  // Types and lint are checked for the whole house by one command; the build need not repeat it.
  typescript: { ignoreBuildErrors: true },
  poweredByHeader: false,
  reactStrictMode: true,
};

export default config;
