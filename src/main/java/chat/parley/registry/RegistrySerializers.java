package chat.parley.registry;

import com.hazelcast.config.SerializationConfig;
import com.hazelcast.config.SerializerConfig;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.StreamSerializer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How the registry's records cross from node to node, without Java's own serialisation.
 *
 * <p>Not Hazelcast's compact format, which would name its fields: it sends a schema apart from the
 * data, and a node that had just joined got entries before their schema, could not read them, and
 * lost the operation without an answer. Numbers of types are for ever (3, 5 and 6 were used once);
 * a record that changes gets a new number, so that neighbouring versions never misread each other.
 */
final class RegistrySerializers {
  private RegistrySerializers() {}

  static void addTo(SerializationConfig config) {
    add(config, 1, UserSessions.class, RegistrySerializers::sessions, RegistrySerializers::write);
    add(
        config,
        2,
        ShardOwner.class,
        in -> new ShardOwner(in.readString(), in.readLong()),
        (out, owner) -> {
          out.writeString(owner.node());
          out.writeLong(owner.epoch());
        });
    add(
        config,
        8,
        DeviceEdits.Add.class,
        in -> new DeviceEdits.Add(in.readString(), in.readString(), in.readString(), in.readLong()),
        (out, edit) -> {
          write(out, edit.node(), edit.device(), edit.session());
          out.writeLong(edit.now());
        });
    add(
        config,
        4,
        DeviceEdits.Remove.class,
        in -> new DeviceEdits.Remove(in.readString(), in.readString(), in.readString()),
        (out, edit) -> write(out, edit.node(), edit.device(), edit.session()));
    add(
        config,
        9,
        DeviceEdits.Replace.class,
        in -> new DeviceEdits.Replace(in.readString(), strings(in), strings(in), in.readLong()),
        (out, edit) -> {
          out.writeString(edit.node());
          write(out, edit.devices());
          write(out, edit.sessions());
          out.writeLong(edit.now());
        });
    add(
        config,
        10,
        DeviceEdits.Refresh.class,
        in -> new DeviceEdits.Refresh(in.readString(), in.readLong(), in.readLong()),
        (out, edit) -> {
          out.writeString(edit.node());
          out.writeLong(edit.now());
          out.writeLong(edit.ttlMs());
        });
    add(
        config,
        7,
        DeviceEdits.Sweep.class,
        in -> new DeviceEdits.Sweep(strings(in)),
        (out, edit) -> write(out, edit.nodes()));
    PresenceSerializers.addTo(config);
  }

  private static UserSessions sessions(ObjectDataInput in) throws IOException {
    int count = in.readInt();
    List<DeviceSession> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(new DeviceSession(in.readString(), in.readString(), in.readString(), in.readLong()));
    }
    return new UserSessions(all);
  }

  private static void write(ObjectDataOutput out, UserSessions user) throws IOException {
    out.writeInt(user.sessions().size());
    for (DeviceSession session : user.sessions()) {
      write(out, session.node(), session.device(), session.session());
      out.writeLong(session.refreshedAt());
    }
  }

  static List<String> strings(ObjectDataInput in) throws IOException {
    return Arrays.asList(in.readStringArray());
  }

  static void write(ObjectDataOutput out, List<String> strings) throws IOException {
    out.writeStringArray(strings.toArray(String[]::new));
  }

  private static void write(ObjectDataOutput out, String... strings) throws IOException {
    for (String string : strings) {
      out.writeString(string);
    }
  }

  static <T> void add(
      SerializationConfig config, int number, Class<T> type, Reading<T> read, Writing<T> write) {
    config.addSerializerConfig(
        new SerializerConfig()
            .setTypeClass(type)
            .setImplementation(new Numbered<>(number, read, write)));
  }

  interface Reading<T> {
    T read(ObjectDataInput in) throws IOException;
  }

  interface Writing<T> {
    void write(ObjectDataOutput out, T object) throws IOException;
  }

  private record Numbered<T>(int number, Reading<T> reading, Writing<T> writing)
      implements StreamSerializer<T> {
    @Override
    public int getTypeId() {
      return number;
    }

    @Override
    public T read(ObjectDataInput in) throws IOException {
      return reading.read(in);
    }

    @Override
    public void write(ObjectDataOutput out, T object) throws IOException {
      writing.write(out, object);
    }
  }
}
