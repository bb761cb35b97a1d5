using System.Globalization;

namespace WsCore.ClusterTests.Checking;

/// <summary>
/// Who a message is, in one number, which is its payload: the room it was sent to, the client, the how-manieth connection of that client it was first
/// sent on, and a number that grows with each message of the client.
/// </summary>
internal readonly record struct MessageId(long Value)
{
    private const long Numbers = 100_000_000, Connections = 100_000, Clients = 1_000;

    public MessageId(int room, int client, int connection, int number)
        : this((((((room + 1) * Clients) + client) * Connections) + connection) * Numbers + number)
    {
    }

    public int Room => (int)(Value / (Numbers * Connections * Clients)) - 1;

    public int Client => (int)(Value / (Numbers * Connections) % Clients);

    public int Connection => (int)(Value / Numbers % Connections);

    public int Number => (int)(Value % Numbers);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"message {Number} of client {Client} (its connection {Connection})");
}
