package io.vinculum.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.net.SocketAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoopbackTest {
    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, true",
        "127.1.2.3, true",
        "::1, true",
        "10.0.0.1, false",
        "192.168.1.127, false",
        "128.0.0.1, false",
        "fe80::1, false",
        "2001:db8::1, false"
    })
    void onlyThisMachineIsLocal(String address, boolean expected) {
        assertThat(Loopback.isLocal(SocketAddress.inetSocketAddress(1234, address)))
                .isEqualTo(expected);
    }
}
