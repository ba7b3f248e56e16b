package chat.parley.config;

import java.util.List;

/**
 * The settings cannot be used. Names every fault at once, each with its key; never a secret's
 * value.
 */
public final class SettingsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public SettingsException(List<String> faults) {
    super(String.join(System.lineSeparator(), faults), null, false, false);
  }
}
