/** An answer that is no 2xx, with the body as Fly words it. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string | null;

  constructor(status: number, message: string, code: string | null = null) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
  }

  body(): { error: string; status?: string } {
    return { error: this.message, ...(this.code === null ? {} : { status: this.code }) };
  }
}

export const unauthorized = () => new ApiError(401, 'Authenticate: token validation error');
export const forbidden = () => new ApiError(403, 'Authorize: token is not allowed to do this');
export const machineNotFound = () => new ApiError(404, 'machine not found');
export const appNotFound = () => new ApiError(404, 'app not found');
export const routeNotFound = () => new ApiError(404, 'not found');
export const invalidArgument = (text: string) => new ApiError(400, `invalid_argument: ${text}`);
export const appNameTaken = () => new ApiError(422, 'Validation failed: Name has already been taken', 'name_taken');
export const nameTaken = (id: string, name: string) =>
  new ApiError(
    409,
    `already_exists: unique machine name violation, machine ID ${id} already exists with name "${name}"`,
  );
export const leaseHeld = (owner: string, expiresAt: number) =>
  new ApiError(409, `aborted: lease currently held by ${owner}, expires at ${new Date(expiresAt).toISOString()}`);
export const wrongState = (action: string, state: string) =>
  new ApiError(412, `failed_precondition: unable to ${action} machine from current state: '${state}'`);
export const notDestroyable = () =>
  new ApiError(
    412,
    'failed_precondition: unable to destroy machine, not currently stopped, suspended, failed or created',
  );
export const waitElapsed = (wanted: string, state: string) =>
  new ApiError(408, `deadline_exceeded: machine failed to reach desired state, ${wanted}, currently ${state}`);
export const noCapacity = (status: 409 | 422) =>
  status === 409
    ? new ApiError(
        409,
        'aborted: could not reserve resource for machine: insufficient memory available to fulfill request',
      )
    : new ApiError(422, 'insufficient resources available to fulfill request', 'insufficient_capacity');
export const hostUnreachable = () => new ApiError(503, 'unavailable: the host of the machine is unreachable');
export const rateLimited = () => new ApiError(429, 'rate limit exceeded');
