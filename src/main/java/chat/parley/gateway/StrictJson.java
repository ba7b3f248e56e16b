package chat.parley.gateway;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import io.vertx.core.json.JsonObject;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/**
 * Reads what clients send, the same for REST and socket: one JSON object, each key once, in UTF-8.
 * Nesting and numbers are bounded before anything is built of them.
 */
final class StrictJson {
  static final int MAX_DEPTH = 16;
  private static final int MAX_NUMBER_CHARACTERS = 20;
  private static final String BYTE_ORDER_MARK = "\uFEFF";

  private static final ObjectReader READER =
      new ObjectMapper(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_DEPTH)
                          .maxNumberLength(MAX_NUMBER_CHARACTERS)
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .readerFor(Map.class);

  private StrictJson() {}

  /** The object in this text; empty where it is anything else. */
  static Optional<JsonObject> object(String text) {
    try {
      Map<String, Object> fields = READER.readValue(text);
      return Optional.ofNullable(fields).map(JsonObject::new);
    } catch (JsonProcessingException notJson) {
      // Its message quotes the source and names classes: not for the outside.
      return Optional.empty();
    }
  }

  /** The object in these bytes; empty where they are no UTF-8 or anything else. */
  static Optional<JsonObject> object(byte[] utf8) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
      return object(text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text);
    } catch (CharacterCodingException noUtf8) {
      return Optional.empty();
    }
  }

  /** Whether a text can be given back as it came: a lone surrogate would become a question mark. */
  static boolean isUnicode(String text) {
    return text.codePoints().noneMatch(c -> c <= 0xFFFF && Character.isSurrogate((char) c));
  }
}
