/**
 * Soft state of the cluster: who is in it, which gateway holds which device, which node says it
 * owns which shard.
 */
package chat.parley.registry;
