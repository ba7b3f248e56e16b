package chat.parley.verify;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** What was found: the first so many are kept, all are counted. */
final class Findings implements Consumer<Finding> {
  private final int most;
  private final Map<Finding.Identity, Finding> kept = new LinkedHashMap<>();
  private long more;

  Findings(int most) {
    this.most = most;
  }

  @Override
  public void accept(Finding finding) {
    if (kept.containsKey(finding.identity())) {
      return;
    }
    if (kept.size() < most) {
      kept.put(finding.identity(), finding);
    } else {
      more++;
    }
  }

  boolean isEmpty() {
    return kept.isEmpty();
  }

  List<Finding> kept() {
    return new ArrayList<>(kept.values());
  }

  /** How many there were that are not kept. */
  long more() {
    return more;
  }

  /** Passes on those that were found at another look as well, as they were seen the second time. */
  void confirm(Findings second, Consumer<Finding> confirmed) {
    Set<Finding.Identity> first = kept.keySet();
    second.kept.values().stream()
        .filter(finding -> first.contains(finding.identity()))
        .collect(Collectors.toList())
        .forEach(confirmed);
  }
}
