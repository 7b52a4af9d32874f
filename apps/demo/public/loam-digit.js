// A pad whose digits a network reads, for any page, in two lines of HTML:
//   <script src="https://…/loam-digit.js"></script>
//   <loam-digit network="mine.safetensors"></loam-digit>
// `network` is a file that the Train view saved; without it the site's own network reads. What is drawn and the network stay in the visitor's
// browser. After each reading the element has an event "read" with `detail: { digit, probabilities }`; "error" with `message` for a network that cannot be used.
(() => {
  const pad = new URL("./#/draw?embed=1", document.currentScript.src);
  customElements.define(
    "loam-digit",
    class extends HTMLElement {
      #frame = document.createElement("iframe");

      connectedCallback() {
        const { style } = this.#frame;
        style.border = "0";
        style.width = this.getAttribute("width") ?? "400px";
        style.maxWidth = "100%";
        style.height = this.getAttribute("height") ?? "560px";
        this.#frame.title = "Loam";
        this.#frame.src = pad.href;
        addEventListener("message", this);
        this.append(this.#frame);
      }

      disconnectedCallback() {
        removeEventListener("message", this);
        this.#frame.remove();
      }

      /** What the pad tells. */
      async handleEvent({ source, data }) {
        const pane = this.#frame.contentWindow;
        if (source !== pane) return;
        const network = this.getAttribute("network");
        if (data.loam === "read") this.dispatchEvent(new CustomEvent("read", { detail: data.reading }));
        if (data.loam === "failed") this.#fail(data.message);
        if (data.loam !== "ready" || network === null) return;
        try {
          const response = await fetch(network);
          if (!response.ok) throw new Error(`${network}: ${response.status} ${response.statusText}`);
          const file = await response.arrayBuffer();
          pane.postMessage({ loam: "network", file }, pad.origin, [file]);
        } catch (error) {
          this.#fail(error.message);
        }
      }

      #fail(message) {
        this.dispatchEvent(new ErrorEvent("error", { message }));
      }
    },
  );
})();
