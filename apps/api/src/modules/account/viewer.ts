/** Who asks: the account and the scopes of the token that came with the request. */
import { includesScope, type Scope } from "./scopes.ts";

export class Viewer {
  readonly accountId: number;
  readonly accountName: string;
  readonly tokenId: string;
  readonly scopes: readonly Scope[];

  constructor(token: { accountId: number; accountName: string; tokenId: string; scopes: readonly Scope[] }) {
    this.accountId = token.accountId;
    this.accountName = token.accountName;
    this.tokenId = token.tokenId;
    this.scopes = token.scopes;
  }

  can(scope: Scope): boolean {
    return includesScope(this.scopes, scope);
  }
}
