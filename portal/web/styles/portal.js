
// Everything works without this: it moves focus to the error summary, counts characters and
// stops double clicks on the desk and on long forms.
document.body.classList.add('js-enabled', 'govuk-frontend-supported');
initAll();
