package chat.parley.bus.codec;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageCodec;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Carries one sealed family of immutable records over the bus: as the same object inside a JVM, as
 * CBOR (RFC 8949) between nodes. Fields that the receiver does not know are ignored, so that
 * neighbouring versions understand each other.
 *
 * @param <T> the family's sealed interface
 */
final class FamilyCodec<T> implements MessageCodec<T, T> {
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "k")
  private interface Kinds {}

  private final String name;
  private final Class<T> family;
  private final ObjectMapper mapper;

  FamilyCodec(String name, Class<T> family) {
    this.name = name;
    this.family = family;
    this.mapper = new CBORMapper();
    mapper.disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
    registerKinds(family);
  }

  private void registerKinds(Class<?> type) {
    if (type.isSealed()) {
      mapper.addMixIn(type, Kinds.class);
      for (Class<?> kind : type.getPermittedSubclasses()) {
        registerKinds(kind);
      }
    } else {
      mapper.registerSubtypes(new NamedType(type, type.getSimpleName()));
    }
  }

  boolean carries(Object message) {
    return family.isInstance(message);
  }

  @Override
  public void encodeToWire(Buffer buffer, T message) {
    try {
      byte[] bytes = mapper.writerFor(family).writeValueAsBytes(message);
      buffer.appendInt(bytes.length).appendBytes(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(
          name + " cannot carry " + message.getClass().getSimpleName(), e);
    }
  }

  @Override
  public T decodeFromWire(int position, Buffer buffer) {
    int length = buffer.getInt(position);
    int start = position + Integer.BYTES;
    try {
      return mapper.readValue(buffer.getBytes(start, start + length), family);
    } catch (IOException e) {
      throw new UncheckedIOException(name + " cannot read what a peer sent", e);
    }
  }

  @Override
  public T transform(T message) {
    return message;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public byte systemCodecID() {
    return -1;
  }
}
