package chat.parley.testing;

import java.util.HashMap;
import java.util.Map;

/** Nodes of a test live for minutes, and would spend them on getting ready. */
public final class QuickNodes {
  /** Without the second compiler. */
  public static final Map<String, String> ENVIRONMENT =
      Map.of("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1");

  private QuickNodes() {}

  /** These settings, with passwords that cost little. */
  public static Map<String, String> with(Map<String, String> settings) {
    Map<String, String> all = new HashMap<>(settings);
    all.put("auth.password-memory-kib", "64");
    all.put("auth.password-passes", "1");
    return all;
  }
}
