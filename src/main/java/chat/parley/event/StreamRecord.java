package chat.parley.event;

import java.util.Map;

/**
 * One record of the stream as every stage sees it, free of any driver's types. Records of one key
 * keep their order. Nobody writes to {@code value} or to a header after construction.
 *
 * @param headers what routing needs, so that no stage parses a value that it only carries
 */
public record StreamRecord(String key, byte[] value, Map<String, byte[]> headers) {}
