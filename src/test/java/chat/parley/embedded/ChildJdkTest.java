package chat.parley.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildJdkTest {
  @TempDir Path folder;

  @Test
  void theRunningJavaIsTakenWhenItFits() throws IOException {
    Path running = home("running", "17.0.9");
    assertThat(jdk(running, Optional.of(home("other", "17.0.1"))).command(Optional.empty()))
        .startsWith(running);
  }

  @Test
  void theVariableComesBeforeWhatIsInstalled() throws IOException {
    Path named = home("named", "17.0.9");
    home("jvm/java-17-open", "17.0.9");
    assertThat(jdk(home("running", "25"), Optional.of(named)).command(Optional.empty()))
        .startsWith(named);
  }

  @Test
  void anInstalledOneIsFoundByWhatItIsAndNotByItsName() throws IOException {
    home("jvm/java-17-misnamed", "21.0.17");
    Path fits = home("jvm/temurin-17", "17.0.2");
    assertThat(jdk(home("running", "25.0.1"), Optional.empty()).command(Optional.empty()))
        .startsWith(fits);
  }

  @Test
  void aConfiguredOneThatDoesNotFitIsRefusedThoughAnotherWould() throws IOException {
    Path configured = home("configured", "21.0.4");
    ChildJdk jdk = jdk(home("running", "17.0.9"), Optional.empty());
    assertThatThrownBy(() -> jdk.command(Optional.of(configured)))
        .isInstanceOf(EmbeddedStackException.class)
        .hasMessageContaining("embedded.java17-home names " + configured + ", which is a Java 21");
    assertThatThrownBy(() -> jdk.command(Optional.of(folder)))
        .isInstanceOf(EmbeddedStackException.class)
        .hasMessageContaining("no Java home");
  }

  @Test
  void whenThereIsNoneTheMessageSaysWhatToDo() throws IOException {
    ChildJdk jdk = jdk(home("running", "25.0.1"), Optional.empty());
    assertThatThrownBy(() -> jdk.command(Optional.empty()))
        .isInstanceOf(EmbeddedStackException.class)
        .hasMessageContaining("needs a Java 17")
        .hasMessageContaining("runs on Java 25")
        .hasMessageContaining("JAVA17_HOME")
        .hasMessageContaining("cassandra.contact-points");
  }

  private ChildJdk jdk(Path running, Optional<Path> environment) {
    return new ChildJdk(
        running, environment, List.of(folder.resolve("jvm"), folder.resolve("absent")));
  }

  private Path home(String name, String version) throws IOException {
    Path home = folder.resolve(name);
    Path java = Files.createDirectories(home.resolve("bin")).resolve("java");
    Files.writeString(java, "");
    assertThat(java.toFile().setExecutable(true)).isTrue();
    Files.writeString(
        home.resolve("release"), "IMPLEMENTOR=\"Test\"\nJAVA_VERSION=\"" + version + "\"\n");
    return home;
  }
}
