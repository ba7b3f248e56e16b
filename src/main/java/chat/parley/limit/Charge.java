package chat.parley.limit;

/**
 * What one act counts against one limit.
 *
 * @param id whose: of a user, a device, an address or a conversation
 * @param amount how much; more than the limit's burst counts as the burst, so that nothing is
 *     refused for ever
 */
public record Charge(Limit limit, String id, long amount) {}
