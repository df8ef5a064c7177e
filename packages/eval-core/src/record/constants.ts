/** The quantiles and the level that every answer of this room shares. */
export const ALPHA = 0.05;
/** Normal quantile of 0.975: two-sided 95%. */
export const Z95 = 1.959963984540054;
/** Normal quantile of 0.8: power. */
export const Z80 = 0.8416212335729143;
