/**
 * How often somebody may do something: token buckets by user, device, address and conversation.
 *
 * <p>A bucket is shared by all nodes without a question to the grid for most of what people do.
 * Each of N nodes has a share of its own, a 2N-th of the setting, and takes from that without
 * asking; only who has used it up there is counted in the grid, under the whole setting. All shares
 * together are half the setting, so the sum over the cluster is never above 1.5 times what was set,
 * and never below it. Whoever talks as people talk never gets beyond a share. The conversation's
 * owner is one node, so its buckets are there and in no grid.
 *
 * <p>The buckets are Bucket4j's; in Hazelcast they live in one map and are altered where they are,
 * by an entry processor.
 */
package chat.parley.limit;
