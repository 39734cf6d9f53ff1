/**
 * The same object for reading only: writes come to nothing and are told, and so are reads of what nobody documented.
 * `path` names it in what is told.
 */
export function watched<T extends object>(
  target: T,
  { path, documented, tell }: { path: string; documented: ReadonlySet<string>; tell: (what: string) => void },
): T {
  const known = new WeakMap<object, object>();

  function wrap(value: unknown, at: string): unknown {
    if (typeof value !== "object" || value === null) return value;
    const proxy = known.get(value) ?? new Proxy(value, handler(at));
    known.set(value, proxy);
    return proxy;
  }

  function handler(at: string): ProxyHandler<object> {
    const refuse = (verb: string) => (_: object, key: string | symbol) => {
      tell(`${verb} ${at}.${String(key)}`);
      return true;
    };
    return {
      get(object, key) {
        if (typeof key === "symbol") return Reflect.get(object, key);
        if (at === path && !documented.has(key)) tell(`read ${at}.${key}`);
        const value = Reflect.get(object, key);
        if (typeof value !== "function") return wrap(value, `${at}.${key}`);
        return (...args: unknown[]) => wrap(value.apply(object, args), `${at}.${key}()`);
      },
      set: refuse("write"),
      defineProperty: refuse("write"),
      deleteProperty: refuse("delete"),
    };
  }

  return wrap(target, path) as T;
}
