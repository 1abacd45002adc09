package dev.tasker.server.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which hosts a key set may be fetched from. */
class PublicHostsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "127.8.8.8",
                "0.0.0.0",
                "0.1.2.3",
                "10.0.0.1",
                "172.16.0.1",
                "172.31.255.255",
                "192.168.1.1",
                "169.254.169.254",
                "100.64.0.1",
                "100.127.255.255",
                "192.0.0.8",
                "198.18.0.1",
                "198.19.255.255",
                "224.0.0.1",
                "240.0.0.1",
                "255.255.255.255",
                "::",
                "::1",
                "fe80::1",
                "fec0::1",
                "fc00::1",
                "fd12:3456::1",
                "ff02::1",
                "::ffff:10.0.0.1",
                "::10.0.0.1",
                "64:ff9b::10.0.0.1",
                "2002:0a00:0001::"
            })
    void addressesInsideAreRefused(String address) throws IOException {
        assertThat(PublicHosts.isPublic(InetAddress.getByName(address))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "8.8.8.8",
                "1.1.1.1",
                "100.63.255.255",
                "100.128.0.0",
                "172.15.0.1",
                "172.32.0.1",
                "169.253.0.1",
                "192.0.2.1",
                "192.1.0.1",
                "198.17.0.1",
                "198.20.0.1",
                "223.255.255.254",
                "2606:4700::1111",
                "64:ff9b::8.8.8.8",
                "2002:0808:0808::"
            })
    void publicAddressesAreNot(String address) throws IOException {
        assertThat(PublicHosts.isPublic(InetAddress.getByName(address))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "LOCALHOST.", "idp.localhost", "metadata.google.internal"})
    void someNamesAreRefusedWhateverTheyStandFor(String host) {
        PublicHosts hosts = new PublicHosts(_ -> addresses("8.8.8.8"));
        assertThatThrownBy(() -> hosts.check(host)).hasMessageContaining("expected: a public host");
    }

    @Test
    void everyAddressBehindANameCounts() {
        PublicHosts mixed = new PublicHosts(_ -> addresses("8.8.8.8", "10.0.0.1"));
        assertThatThrownBy(() -> mixed.check("idp.example.com"))
                .isInstanceOf(IOException.class)
                .hasMessage("idp.example.com: 10.0.0.1 refused (expected: public addresses only)");
        PublicHosts good = new PublicHosts(_ -> addresses("8.8.8.8", "2606:4700::1111"));
        assertThatCode(() -> good.check("idp.example.com")).doesNotThrowAnyException();
    }

    private static InetAddress[] addresses(String... texts) throws UnknownHostException {
        InetAddress[] addresses = new InetAddress[texts.length];
        for (int i = 0; i < texts.length; i++) {
            addresses[i] = InetAddress.getByName(texts[i]);
        }
        return addresses;
    }
}
