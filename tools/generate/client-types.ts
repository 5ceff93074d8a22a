import openapiTS, { astToString, type OpenAPI3 } from 'openapi-typescript';

const header = '// Written by npm run generate from openapi.json. Do not edit.\n\n';

/** The types of the client for a description of the API, as the text of a module. */
export async function clientTypes(description: string): Promise<string> {
  const document = JSON.parse(description) as OpenAPI3;
  // What the server fills in for itself, a caller may leave out. (It tells nothing of answers: no view has a default.)
  const options = { alphabetize: true, defaultNonNullable: false };
  return header + astToString(await openapiTS(document, options));
}
