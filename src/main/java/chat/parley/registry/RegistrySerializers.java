package chat.parley.registry;

import com.hazelcast.config.CompactSerializationConfig;
import com.hazelcast.nio.serialization.compact.CompactReader;
import com.hazelcast.nio.serialization.compact.CompactSerializer;
import com.hazelcast.nio.serialization.compact.CompactWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * How the registry's records cross from node to node: Hazelcast's compact format with a schema of
 * named fields, so that neighbouring versions understand each other and nothing needs Java's own
 * serialisation.
 */
final class RegistrySerializers {
  private static final String NODE = "node";
  private static final String NODES = "nodes";
  private static final String DEVICE = "device";
  private static final String SESSION = "session";

  private RegistrySerializers() {}

  static void addTo(CompactSerializationConfig config) {
    add(
        config,
        "parley.sessions",
        UserSessions.class,
        RegistrySerializers::sessions,
        RegistrySerializers::sessions);
    add(
        config,
        "parley.shard.owner",
        ShardOwner.class,
        in -> new ShardOwner(in.readString(NODE), in.readInt64("epoch")),
        (out, owner) -> {
          out.writeString(NODE, owner.node());
          out.writeInt64("epoch", owner.epoch());
        });
    add(
        config,
        "parley.devices.add",
        DeviceEdits.Add.class,
        in ->
            new DeviceEdits.Add(in.readString(NODE), in.readString(DEVICE), in.readString(SESSION)),
        (out, edit) -> name(out, edit.node(), edit.device(), edit.session()));
    add(
        config,
        "parley.devices.remove",
        DeviceEdits.Remove.class,
        in ->
            new DeviceEdits.Remove(
                in.readString(NODE), in.readString(DEVICE), in.readString(SESSION)),
        (out, edit) -> name(out, edit.node(), edit.device(), edit.session()));
    add(
        config,
        "parley.devices.replace",
        DeviceEdits.Replace.class,
        in ->
            new DeviceEdits.Replace(
                in.readString(NODE),
                Arrays.asList(in.readArrayOfString(DEVICE)),
                Arrays.asList(in.readArrayOfString(SESSION))),
        (out, edit) -> {
          out.writeString(NODE, edit.node());
          out.writeArrayOfString(DEVICE, edit.devices().toArray(String[]::new));
          out.writeArrayOfString(SESSION, edit.sessions().toArray(String[]::new));
        });
    add(
        config,
        "parley.devices.refresh",
        DeviceEdits.Refresh.class,
        in -> new DeviceEdits.Refresh(in.readString(NODE), in.readInt64("ttlMs")),
        (out, edit) -> {
          out.writeString(NODE, edit.node());
          out.writeInt64("ttlMs", edit.ttlMs());
        });
    add(
        config,
        "parley.devices.sweep",
        DeviceEdits.Sweep.class,
        in -> new DeviceEdits.Sweep(Arrays.asList(in.readArrayOfString(NODES))),
        (out, edit) -> out.writeArrayOfString(NODES, edit.nodes().toArray(String[]::new)));
  }

  private static UserSessions sessions(CompactReader in) {
    String[] nodes = in.readArrayOfString(NODES);
    String[] devices = in.readArrayOfString(DEVICE);
    String[] sessions = in.readArrayOfString(SESSION);
    long[] refreshedAt = in.readArrayOfInt64("refreshedAt");
    List<DeviceSession> all = new ArrayList<>(nodes.length);
    for (int i = 0; i < nodes.length; i++) {
      all.add(new DeviceSession(nodes[i], devices[i], sessions[i], refreshedAt[i]));
    }
    return new UserSessions(all);
  }

  private static void sessions(CompactWriter out, UserSessions user) {
    List<DeviceSession> all = user.sessions();
    out.writeArrayOfString(NODES, all.stream().map(DeviceSession::node).toArray(String[]::new));
    out.writeArrayOfString(DEVICE, all.stream().map(DeviceSession::device).toArray(String[]::new));
    out.writeArrayOfString(
        SESSION, all.stream().map(DeviceSession::session).toArray(String[]::new));
    out.writeArrayOfInt64(
        "refreshedAt", all.stream().mapToLong(DeviceSession::refreshedAt).toArray());
  }

  private static void name(CompactWriter out, String node, String device, String session) {
    out.writeString(NODE, node);
    out.writeString(DEVICE, device);
    out.writeString(SESSION, session);
  }

  private static <T> void add(
      CompactSerializationConfig config,
      String name,
      Class<T> type,
      Function<CompactReader, T> read,
      BiConsumer<CompactWriter, T> write) {
    config.addSerializer(new Named<>(name, type, read, write));
  }

  private record Named<T>(
      String name,
      Class<T> type,
      Function<CompactReader, T> read,
      BiConsumer<CompactWriter, T> write)
      implements CompactSerializer<T> {
    @Override
    public T read(CompactReader reader) {
      return read.apply(reader);
    }

    @Override
    public void write(CompactWriter writer, T object) {
      write.accept(writer, object);
    }

    @Override
    public String getTypeName() {
      return name;
    }

    @Override
    public Class<T> getCompactClass() {
      return type;
    }
  }
}
