using WsCore.Backplane;
using WsCore.ClusterTests.EndToEnd;
using WsCore.Redis.Link;
using WsCore.TestKit.Net;
using WsCore.TestKit.Processes;
using WsCore.TestKit.Redis;
using WsCore.TestKit.Time;

namespace WsCore.ClusterTests.Link;

/// <summary>Redis behind TLS (<c>ssl=true</c>).</summary>
public sealed class TlsTests : IDisposable
{
    private readonly TestCertificates _certificates = new();
    private readonly int _port = FreePort.Next();

    public void Dispose() => _certificates.Dispose();

    [RedisFact]
    public async Task Servers_that_trust_its_certificate_are_one_system()
    {
        await using var redis = await StartAsync();
        await using var one = await StartServerAsync("n1");
        await using var two = await StartServerAsync("n2");
        await using var ada = await ClusterClient.ConnectAsync(one.AddressOf("/ws"), user: null, "lobby");
        await using var bob = await ClusterClient.ConnectAsync(two.AddressOf("/ws"), user: null, "lobby");

        await ada.AckAsync("""{"type":"broadcast","room":"lobby","payload":"hello"}""");

        Assert.Equal("hello", await bob.MessageAsync("lobby"));
    }

    [RedisFact]
    public async Task A_certificate_that_is_not_trusted_is_refused_in_a_sentence_that_says_what_to_do()
    {
        await using var redis = await StartAsync();

        var error = await ConnectAsync($"localhost:{_port},ssl=true");

        Assert.Contains("a certificate that is not accepted here (RemoteCertificateChainErrors)", error.Message, StringComparison.Ordinal);
        Assert.Contains("SSL_CERT_FILE", error.Message, StringComparison.Ordinal);
    }

    [RedisFact]
    public async Task One_for_another_name_is_refused_too()
    {
        await using var redis = await StartAsync();

        var error = await ConnectAsync($"localhost:{_port},ssl=true,sslHost=redis.example");

        Assert.Contains("RemoteCertificateNameMismatch", error.Message, StringComparison.Ordinal);
        Assert.Contains("sslHost", error.Message, StringComparison.Ordinal);
    }

    [RedisFact]
    public async Task Without_TLS_it_cannot_be_reached_there()
    {
        await using var redis = await StartAsync();

        Assert.Contains("cannot be reached", (await ConnectAsync($"localhost:{_port}")).Message, StringComparison.Ordinal);
    }

    private Task<RedisServer> StartAsync() => RedisServer.StartAsync(new RedisOptions
    {
        Lines =
        [
            $"tls-port {_port}", $"tls-cert-file {_certificates.Certificate}", $"tls-key-file {_certificates.Key}", $"tls-ca-cert-file {_certificates.Authority}", "tls-auth-clients no",
        ],
    });

    private async Task<ServerProcess> StartServerAsync(string node)
    {
        var server = await ServerProcess.StartAsync(
            ServerProcess.Development, ("WSCORE__NODE", node), ("WSCORE__REDIS__CONNECTION", $"localhost:{_port},ssl=true"), ("SSL_CERT_FILE", _certificates.Authority));
        await Eventually.IsAsync(async () => (await HttpProbe.SendAsync(server.Address, HttpProbe.Request("GET /health/ready HTTP/1.1", "Host: localhost"))).Status == 200, "it is ready");
        return server;
    }

    private static Task<UnavailableException> ConnectAsync(string connection) =>
        Assert.ThrowsAsync<UnavailableException>(() => new ServerChoice(ConnectionText.Parse(connection), "wscore:server"u8.ToArray(), TimeProvider.System).ConnectAsync(0));
}
