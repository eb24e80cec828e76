export type SchemaCheck = { isValid: true } | { isValid: false; problem: string };

/** Checks structured content against the output schema of its tool. The validator is loaded when it is first needed. */
export async function checkStructured(schema: unknown, value: unknown): Promise<SchemaCheck> {
  // Of the two validators of the client, this one generates no code, which the content policy would refuse.
  const { CfWorkerJsonSchemaValidator } = await import('@modelcontextprotocol/client/validators/cf-worker');
  try {
    const { valid, errorMessage } = new CfWorkerJsonSchemaValidator().getValidator(schema as object)(value);
    return valid ? { isValid: true } : { isValid: false, problem: errorMessage ?? 'It does not match.' };
  } catch (error) {
    return { isValid: false, problem: `The schema is not valid: ${error instanceof Error ? error.message : error}` };
  }
}
