/** Put in by the build: the backend's origin, and the names of the archive's files. */
declare const DEALSCOPE_URL: string;
declare const PAGES_FILE: string;
declare const STYLES_FILE: string;
