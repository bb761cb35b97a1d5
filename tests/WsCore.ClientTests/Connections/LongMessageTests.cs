using System.Text;
using WsCore.Client.Connections;
using WsCore.ClientTests.Script;
using WsCore.TestKit.Time;

namespace WsCore.ClientTests.Connections;

/// <summary>A message that takes long to arrive.</summary>
public sealed class LongMessageTests : IFrameSink
{
    private readonly ManualTimeProvider _clock = new();
    private readonly TaskCompletionSource<string> _received = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task Each_part_of_it_is_a_sign_of_life()
    {
        var (client, server) = ScriptedConnection.CreatePair();
        var connection = new Connection(client, this, 1000, _clock);
        connection.Start();
        foreach (var part in (string[])["a", "b", "c"])
        {
            _clock.Advance(TimeSpan.FromSeconds(20));
            await server.SendPartAsync(part, isLast: false);
            await Eventually.Equal(_clock.GetTimestamp(), () => connection.Heard, timeout: TimeSpan.FromSeconds(5));
        }

        await server.SendPartAsync("d", isLast: true);
        Assert.Equal("abcd", await _received.Task.WithTimeout(ScriptedConnection.Patience));
        server.Drop();
        await connection.Ended.WithTimeout(ScriptedConnection.Patience);
    }

    void IFrameSink.Receive(Connection connection, ReadOnlySpan<byte> message, bool isBinary) => _received.TrySetResult(Encoding.UTF8.GetString(message));

    void IFrameSink.Ended(Connection connection) { }
}
