const t0=performance.now();await import("@loam/nn");console.error(performance.now()-t0);
