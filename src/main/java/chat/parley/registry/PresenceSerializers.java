package chat.parley.registry;

import static chat.parley.registry.RegistrySerializers.add;
import static chat.parley.registry.RegistrySerializers.strings;
import static chat.parley.registry.RegistrySerializers.write;

import chat.parley.model.PresenceStatus;
import chat.parley.model.PresenceVisibility;
import chat.parley.registry.PresenceState.Place;
import chat.parley.registry.UserPresence.Watcher;
import com.hazelcast.config.SerializationConfig;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The part of {@link RegistrySerializers} that is about presence; numbers from 20 up (22 to 25 were
 * used once).
 */
final class PresenceSerializers {
  private PresenceSerializers() {}

  static void addTo(SerializationConfig config) {
    add(
        config,
        20,
        UserPresence.class,
        PresenceSerializers::presence,
        PresenceSerializers::writePresence);
    add(
        config,
        21,
        PresenceEdits.Told.class,
        in -> new PresenceEdits.Told(strings(in), in.readBoolean()),
        (out, told) -> {
          write(out, told.gateways());
          out.writeBoolean(told.gone());
        });
    add(
        config,
        27,
        PresenceEdits.Say.class,
        in -> new PresenceEdits.Say(in.readString(), status(in), in.readLong(), in.readLong()),
        (out, edit) -> {
          out.writeString(edit.node());
          out.writeString(edit.status().name());
          out.writeLong(edit.now());
          out.writeLong(edit.goneMs());
        });
    add(
        config,
        28,
        PresenceEdits.Watch.class,
        in -> new PresenceEdits.Watch(in.readString(), in.readLong(), in.readLong()),
        (out, edit) -> {
          out.writeString(edit.node());
          out.writeLong(edit.now());
          out.writeLong(edit.goneMs());
        });
    add(
        config,
        29,
        PresenceEdits.Look.class,
        in -> new PresenceEdits.Look(in.readLong(), in.readLong()),
        (out, edit) -> {
          out.writeLong(edit.now());
          out.writeLong(edit.goneMs());
        });
    add(
        config,
        30,
        PresenceEdits.Learn.class,
        in ->
            new PresenceEdits.Learn(
                visibility(in), in.readLong(), in.readBoolean(), in.readLong(), in.readLong()),
        (out, edit) -> {
          writeVisibility(out, edit.visibleTo());
          out.writeLong(edit.lastSeenAt());
          out.writeBoolean(edit.anew());
          out.writeLong(edit.now());
          out.writeLong(edit.goneMs());
        });
    add(
        config,
        26,
        PresenceEdits.Sweep.class,
        in -> new PresenceEdits.Sweep(strings(in)),
        (out, edit) -> write(out, edit.nodes()));
  }

  private static UserPresence presence(ObjectDataInput in) throws IOException {
    List<Place> places = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      places.add(new Place(in.readString(), status(in), in.readLong()));
    }
    List<Watcher> watchers = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      watchers.add(new Watcher(in.readString(), in.readLong()));
    }
    return new UserPresence(places, watchers, visibility(in), in.readLong(), in.readLong());
  }

  private static void writePresence(ObjectDataOutput out, UserPresence user) throws IOException {
    out.writeInt(user.places().size());
    for (Place place : user.places()) {
      out.writeString(place.node());
      out.writeString(place.status().name());
      out.writeLong(place.at());
    }
    out.writeInt(user.watchers().size());
    for (Watcher watcher : user.watchers()) {
      out.writeString(watcher.node());
      out.writeLong(watcher.at());
    }
    writeVisibility(out, user.visibleTo());
    out.writeLong(user.knownAt());
    out.writeLong(user.lastSeenAt());
  }

  private static PresenceStatus status(ObjectDataInput in) throws IOException {
    return PresenceStatus.valueOf(in.readString());
  }

  private static PresenceVisibility visibility(ObjectDataInput in) throws IOException {
    String word = in.readString();
    return word.isEmpty() ? null : PresenceVisibility.of(word);
  }

  private static void writeVisibility(ObjectDataOutput out, PresenceVisibility visibleTo)
      throws IOException {
    out.writeString(visibleTo == null ? "" : visibleTo.wireName());
  }
}
