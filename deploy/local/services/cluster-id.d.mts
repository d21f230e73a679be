/** 22 characters of base64url that never begin with a hyphen. */
export function newClusterId(random?: (count: number) => Buffer): string;
