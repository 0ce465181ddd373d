export type ErrorCode =
  | 'network'
  | 'unreadable'
  | 'unauthorized'
  | 'not_found'
  | 'conflict'
  | 'forbidden'
  | 'validation_error'
  | (string & {});

export type FieldErrors = Record<string, string[]>;

/** Whatever went wrong with a request, in one shape. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: ErrorCode;
  readonly requestId: string | null;
  readonly fieldErrors: FieldErrors;

  constructor(
    status: number,
    code: ErrorCode,
    message: string,
    requestId: string | null,
    fieldErrors: FieldErrors = {},
  ) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
    this.requestId = requestId;
    this.fieldErrors = fieldErrors;
  }

  /** Whether the same request may succeed a little later. */
  get passing(): boolean {
    return this.code === 'network' || this.status === 503 || this.status === 429;
  }
}

export function asApiError(problem: unknown): ApiError {
  if (problem instanceof ApiError) {
    return problem;
  }
  return new ApiError(0, 'unreadable', problem instanceof Error ? problem.message : String(problem), null);
}

/** Reads the error envelope; a proxy in between may have answered something else. */
export function fromEnvelope(status: number, body: unknown, requestId: string | null): ApiError {
  const error = isRecord(body) && isRecord(body['error']) ? body['error'] : null;
  if (!error) {
    return new ApiError(status, 'unreadable', `HTTP ${status}`, requestId);
  }
  const details = isRecord(error['details']) ? error['details'] : {};
  return new ApiError(
    status,
    typeof error['code'] === 'string' ? error['code'] : 'unreadable',
    typeof error['message'] === 'string' ? error['message'] : `HTTP ${status}`,
    typeof error['requestId'] === 'string' ? error['requestId'] : requestId,
    isRecord(details['fieldErrors']) ? (details['fieldErrors'] as FieldErrors) : {},
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
