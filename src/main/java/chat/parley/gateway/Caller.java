package chat.parley.gateway;

/**
 * Who is at the other end, as far as the line tells it.
 *
 * @param address as limits count it: an IPv4 address, or the /64 of an IPv6 one, which is what one
 *     household or machine is given
 * @param trusted whether nothing of theirs is limited
 */
record Caller(String address, boolean trusted) {}
