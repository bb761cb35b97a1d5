using WsCore.LoadTests.Running;

namespace WsCore.LoadTests.Progress;

/// <summary>Where a run shows how it goes.</summary>
internal interface IProgressView : IAsyncDisposable
{
    /// <summary>Another phase began.</summary>
    void Phase(string phase);

    /// <summary>Another second is over.</summary>
    void Show(Sample sample);
}
