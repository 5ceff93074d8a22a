import { render } from 'preact';
import { App } from './shell/app.js';
import 'uplot/dist/uPlot.min.css';
import './style/tokens.css';
import './style/base.css';
import './style/parts.css';
import './style/layout.css';

render(<App />, document.getElementById('console')!);
