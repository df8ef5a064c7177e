/** Where two protocols are held against each other. */
export const diffAddress = (left: string, right: string) => `/protocols/diff?left=${left}&right=${right}`;
