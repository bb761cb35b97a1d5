namespace WsCore.Tests.Simulation;

/// <summary>A promise was broken in a simulated run; the message is a sentence that names who and where.</summary>
internal sealed class SimulationException(string message, Exception? cause = null) : Exception(message, cause);
