interface Details {
  param?: string | null;
  code?: string | null;
  type?: string;
  headers?: Record<string, string>;
}

/** A refusal as the API writes it. */
export class ApiError extends Error {
  readonly status: number;
  readonly param: string | null;
  readonly code: string | null;
  readonly type: string;
  readonly headers: Record<string, string>;

  constructor(status: number, message: string, details: Details = {}) {
    super(message);
    this.status = status;
    this.param = details.param ?? null;
    this.code = details.code ?? null;
    this.type = details.type ?? "invalid_request_error";
    this.headers = details.headers ?? {};
  }

  get envelope() {
    return { error: { message: this.message, type: this.type, param: this.param, code: this.code } };
  }
}

export function invalid(message: string, param: string | null, code: string | null = null): ApiError {
  return new ApiError(400, message, { param, code });
}

export function invalidKey(): ApiError {
  return new ApiError(401, "Incorrect API key provided. You can find your API key in your account settings.", {
    code: "invalid_api_key",
  });
}

export function noSuchModel(model: string): ApiError {
  return new ApiError(404, `The model \`${model}\` does not exist or you do not have access to it.`, {
    code: "model_not_found",
  });
}

export function noQuota(): ApiError {
  return new ApiError(429, "You exceeded your current quota, please check your plan and billing details.", {
    code: "insufficient_quota",
    type: "insufficient_quota",
  });
}
