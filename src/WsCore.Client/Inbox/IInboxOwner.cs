namespace WsCore.Client.Inbox;

/// <summary>Is told what the reader of messages does, on the reader's thread.</summary>
internal interface IInboxOwner
{
    /// <summary>A message was taken out.</summary>
    void Taken();

    /// <summary>The reader of a reliable message came back for the next.</summary>
    void Handled(string reliableId);
}
