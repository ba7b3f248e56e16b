package chat.parley.audit;

/**
 * What is known of a chain without reading it.
 *
 * @param openedAt milliseconds since the epoch
 * @param keyId with which key it is sealed
 * @param seq it reaches to this line, at least
 * @param seal of these words by the same key
 */
public record ChainHead(
    String day, String chain, long openedAt, String keyId, long seq, byte[] seal) {}
