import { createContext, useContext } from "react";

/** Who looks: only administrators of the account change its settings. */
export const AdminContext = createContext(false);

export function useIsAdmin(): boolean {
  return useContext(AdminContext);
}
