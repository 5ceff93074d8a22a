import openapiTS, { astToString, type OpenAPI3 } from 'openapi-typescript';

const header = '// Written by npm run openapi from openapi.json. Do not edit.\n\n';

/** The types of the client for a description of the API, as the text of a module. */
export async function clientTypes(description: string): Promise<string> {
  const document = JSON.parse(description) as OpenAPI3;
  return header + astToString(await openapiTS(document, { alphabetize: true }));
}
