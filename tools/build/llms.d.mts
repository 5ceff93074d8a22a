export function llmsFiles(root: string): Promise<Record<string, string>>;
