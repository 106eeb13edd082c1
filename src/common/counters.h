/*
 * counters.h - what is counted, once for clients, servers and reports
 *
 * A process of the job keeps its own counters in one page of shared memory
 * (a memfd that it hands to its server with WIRE_HELLO when statistics are
 * asked for), so that its last word is not lost when it is killed or calls
 * _exit. The process is the only writer (relaxed atomic adds); the server reads
 * the page when the connection ends and adds it to the node's totals. Servers
 * add up along the tree; the root prints.
 */
#ifndef COLLFS_COMMON_COUNTERS_H
#define COLLFS_COMMON_COUNTERS_H

#include <stdatomic.h>
#include <stdint.h>

/* X(name, what it says in the report) */
#define COLLFS_CLIENT_COUNTERS(X)                                                                  \
	X(hits, "calls answered in the process")                                                   \
	X(negative_hits, "of these, \"does not exist\" or another error")                          \
	X(opens, "files opened from the node's store")                                             \
	X(asked, "calls that asked the node's server")                                             \
	X(passed, "calls in scope passed through")                                                 \
	X(libraries, "libraries given to ld.so from the store")                                    \
	X(candidates, "library candidates answered \"not there\" to ld.so")                        \
	X(programs, "processes whose program came from the store")

#define COLLFS_SERVER_COUNTERS(X)                                                                  \
	X(processes, "processes served")                                                           \
	X(requests, "requests that reached a node's server")                                       \
	X(node_answers, "of these, answered by the node at once")                                  \
	X(forwarded, "requests sent up to the root")                                               \
	X(root_lookups, "lookups that root made on the filesystem")                                \
	X(root_listings, "directories that root listed")                                           \
	X(root_opens, "files that root opened")                                                    \
	X(root_bytes, "bytes that root read")                                                      \
	X(mpi_messages, "messages sent over MPI")                                                  \
	X(mpi_bytes, "bytes sent over MPI")                                                        \
	X(entries, "entries of the index, all nodes")                                              \
	X(index_bytes, "bytes of the index, all nodes")                                            \
	X(files, "files in the stores, all nodes")                                                 \
	X(store_bytes, "bytes in the stores, all nodes")                                           \
	X(cpu_ms, "milliseconds of CPU that the servers used")                                     \
	X(servers, "servers")

#define COLLFS_COUNTER_INDEX(name, text) COUNT_##name,
enum collfs_counter {
	COLLFS_CLIENT_COUNTERS(COLLFS_COUNTER_INDEX) COUNT_CLIENT_END,
	COUNT_CLIENT_LAST = COUNT_CLIENT_END - 1, /* so that the next is COUNT_CLIENT_END */
	COLLFS_SERVER_COUNTERS(COLLFS_COUNTER_INDEX) COUNT_END
};

#define COUNTERS_MAGIC UINT64_C(0x31746e636c6c6f63) /* "collcnt1", little endian */

/* The page of a process. */
struct counters_page {
	uint64_t magic;
	_Atomic uint64_t n[COUNT_CLIENT_END];
};

#endif
