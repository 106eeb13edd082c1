/* What box-run and box-init say to each other over a node's socket.
 *
 *   box-run  -> box-init   struct box_request with the three standard descriptors attached,
 *                          then `size` bytes of strings, each ended by NUL: working directory,
 *                          arguments, environment
 *   box-run  -> box-init   afterwards, one byte for each signal to send to the command
 *   box-init -> box-run    the command's wait status, an int, when it has ended
 *
 * Either side closing the connection means that it is gone.
 */
#ifndef BOX_WIRE_H
#define BOX_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { BOX_REQUEST_MAX = 64 << 20 };

struct box_request {
	uint32_t size;
	uint32_t arguments;
	uint32_t variables;
};

/* A Unix socket that is bound (listening) or connected to `path`; -1 and errno on failure. */
int box_listen(const char *path);
int box_connect(const char *path);

/* All of it or false. */
bool box_send(int fd, const void *data, size_t size);
bool box_receive(int fd, void *data, size_t size);

bool box_send_request(int fd, const struct box_request *request, const int descriptors[3]);
bool box_receive_request(int fd, struct box_request *request, int descriptors[3]);

#endif
