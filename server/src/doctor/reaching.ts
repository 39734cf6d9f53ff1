/** Why something could not be reached over the network, and what to do; undefined when it was for another reason. */
export function whyUnreachable(error: unknown, host: string): string | undefined {
  const code = codeIn(error);
  if (code === undefined) return undefined;
  if (code === "ECONNREFUSED") return `Nothing listens at ${host}: start it, or correct the port.`;
  if (code === "ENOTFOUND" || code === "EAI_AGAIN")
    return `The name ${host} is not known: correct it, or add it to the DNS.`;
  if (code === "ETIMEDOUT" || code === "UND_ERR_CONNECT_TIMEOUT" || code === "ABORT_ERR")
    return `${host} does not answer: let connections to it through the firewall.`;
  if (code === "ECONNRESET" || code === "UND_ERR_SOCKET")
    return `${host} closed the connection: see its log for the reason.`;
  if (code === "CERT_HAS_EXPIRED") return `The certificate of ${host} has expired: renew it.`;
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID")
    return `The certificate at ${host} is for another name: get one for this.`;
  if (/CERT|SIGNATURE|ISSUER/.test(code))
    return `The certificate of ${host} is not trusted (${code}): serve it with its whole chain, from an authority that everybody knows.`;
  return undefined;
}

/** Node hides the reason of a failed fetch, and those of several addresses that were tried, below the error. */
function codeIn(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ("code" in error && typeof error.code === "string") return error.code;
  if (error.name === "TimeoutError") return "ETIMEDOUT";
  if (error instanceof AggregateError) return codeIn(error.errors[0]);
  return codeIn(error.cause);
}
