namespace WsCore.Client;

/// <summary>What happens besides messages: see <see cref="WsClient.ReadEventsAsync"/>.</summary>
public abstract record ClientEvent;
