/*
 * Folders as the service will know them. A letter that is mapped or substituted belongs to the session of
 * whoever mapped it: a service does not have it. And a share of this very server is better watched by the local
 * path behind it, where notifications cannot be lost on the way.
 */
#ifndef CORBRIDGE_SERVICE_WINDOWS_SERVICE_PATH_H
#define CORBRIDGE_SERVICE_WINDOWS_SERVICE_PATH_H

/*
 * The path to write into the configuration, on the heap; the caller frees. NULL when memory is exhausted.
 *   Z:\in  mapped to \\server\share       → \\server\share\in
 *   S:\in  substituted for D:\jail         → D:\jail\in
 *   \\this-server\share\in, share of D:\x  → D:\x\in
 * Everything else comes back as it is.
 */
char *service_path(const char *path);

#endif
