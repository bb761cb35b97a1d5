using System.Text;
using WsCore.Connections;
using WsCore.Dispatch;
using WsCore.TestKit.Delivery;

namespace WsCore.TestKit.Hosting;

/// <summary>A connection of a <see cref="TestNode"/>, with the output it writes to.</summary>
internal sealed class TestConnection(Connection connection, ScriptedOutput output, Dispatcher dispatcher)
{
    public Connection Connection { get; } = connection;

    public ScriptedOutput Output { get; } = output;

    /// <summary>What it was sent, as text.</summary>
    public List<string> Texts => Output.Texts;

    /// <summary>The last text that it was sent; empty before the first.</summary>
    public string Last => Texts.LastOrDefault("");

    /// <summary>Lets the node believe that the client has sent a text message.</summary>
    public ValueTask Say(string json) => dispatcher.DispatchAsync(Connection, Encoding.UTF8.GetBytes(json), binary: false);

    /// <summary>The same with a binary one.</summary>
    public ValueTask SayBinary(byte[] message) => dispatcher.DispatchAsync(Connection, message, binary: true);
}
