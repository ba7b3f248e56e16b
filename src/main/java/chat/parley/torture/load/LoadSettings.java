package chat.parley.torture.load;

/**
 * How many do how much.
 *
 * @param seed of everything random
 * @param rate messages a second, over all
 * @param people with devices
 * @param devicesEach of each person, on different gateways
 * @param dms conversations of two
 * @param quiet further ones, in which hardly anything is said: what is lost there is not found by
 *     the next message
 * @param groups conversations of {@code groupSize}
 * @param bigGroup members of the one large group; those who are not {@code people} have no device
 */
public record LoadSettings(
    long seed,
    int rate,
    int people,
    int devicesEach,
    int dms,
    int quiet,
    int groups,
    int groupSize,
    int bigGroup) {

  public LoadSettings {
    if (rate < 1 || people < 3 || devicesEach < 1 || groups < 1) {
      throw new IllegalArgumentException(
          "a load has at least three people with a device, one group and one message a second");
    }
    if (dms < 1 || quiet < 1 || dms + quiet > people * (people - 1) / 2) {
      throw new IllegalArgumentException(people + " people have no " + (dms + quiet) + " pairs");
    }
    if (groupSize < 3 || groupSize > people) {
      throw new IllegalArgumentException("a group has 3 to " + people + " members");
    }
  }

  /** What two cores carry beside three nodes and their stores. */
  public static LoadSettings of(long seed) {
    return new LoadSettings(seed, 60, 16, 2, 20, 40, 5, 10, 500);
  }

  /** The same with another seed. */
  public LoadSettings withSeed(long other) {
    return new LoadSettings(
        other, rate, people, devicesEach, dms, quiet, groups, groupSize, bigGroup);
  }

  /** The same with another rate. */
  public LoadSettings withRate(int other) {
    return new LoadSettings(
        seed, other, people, devicesEach, dms, quiet, groups, groupSize, bigGroup);
  }

  /** The same with so many in the large group. */
  public LoadSettings withBigGroup(int members) {
    return new LoadSettings(
        seed, rate, people, devicesEach, dms, quiet, groups, groupSize, members);
  }
}
