// Keeps the address in step with the layers that are chosen, so that a link shows the same.

/** Shows a layer as soon as it is chosen, and writes that in the address. */
export function followLayers(figure) {
  figure.addEventListener('change', (event) => {
    if (event.target.name !== 'laag') return;
    const chosen = [...figure.querySelectorAll('input[name="laag"]:checked')].map((box) => box.value);
    for (const box of figure.querySelectorAll('input[name="laag"]')) {
      figure.querySelector(`.layer-${box.value}`)?.classList.toggle('shown', box.checked);
    }
    const address = new URL(location.href);
    address.searchParams.delete('laag');
    for (const name of chosen) address.searchParams.append('laag', name);
    history.replaceState(history.state, '', address);
  });
}
